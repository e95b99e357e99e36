import type { PayoutSenders } from '../../config.ts';
import { currencyOf, decimalText } from '../currencies.ts';
import { toLatin } from '../latin.ts';
import type { FileParts, Payment, PayoutFile } from './payout-file.ts';

const EUR = currencyOf('EUR');
const NAME_MAX = 70;
/** `TotalDigits` of an amount in the schema is 18; SEPA itself ends at 999,999,999.99 euros. */
const MINOR_MAX = 99_999_999_999n;

/**
 * A SEPA credit transfer as `pain.001.001.09` of ISO 20022, as the EPC's guidelines for customers have it (EPC132-08):
 * amounts are whole cents written as decimals, never floats; every text is in the EPC's basic Latin set; both sums are the
 * sums of what is written.
 */
export function sepaFile(sender: NonNullable<PayoutSenders['sepa']>, parts: FileParts): PayoutFile {
  const { payments, number, madeAt, payOn } = parts;
  const sumMinor = payments.reduce((sum, { minor }) => sum + minor, 0n);
  const sum = decimalText(sumMinor, EUR);
  const id = `CARAT-SEPA-${String(number).padStart(6, '0')}`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">',
    '<CstmrCdtTrfInitn>',
    `<GrpHdr><MsgId>${id}</MsgId><CreDtTm>${madeAt.toISOString().slice(0, 19)}</CreDtTm>` +
      `<NbOfTxs>${payments.length}</NbOfTxs><CtrlSum>${sum}</CtrlSum>` +
      `<InitgPty><Nm>${nameOf(sender.name)}</Nm></InitgPty></GrpHdr>`,
    `<PmtInf><PmtInfId>${id}-1</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>` +
      `<NbOfTxs>${payments.length}</NbOfTxs><CtrlSum>${sum}</CtrlSum>` +
      '<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>' +
      `<ReqdExctnDt><Dt>${payOn}</Dt></ReqdExctnDt>` +
      `<Dbtr><Nm>${nameOf(sender.name)}</Nm>${addressOf(sender.address)}</Dbtr>` +
      `<DbtrAcct><Id><IBAN>${sender.iban}</IBAN></Id></DbtrAcct>` +
      `<DbtrAgt><FinInstnId>${
        sender.bic === null ? '<Othr><Id>NOTPROVIDED</Id></Othr>' : `<BICFI>${sender.bic}</BICFI>`
      }</FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>`,
    ...payments.map(transfer),
    '</PmtInf>',
    '</CstmrCdtTrfInitn>',
    '</Document>',
    '',
  ];
  const content = Buffer.from(lines.join('\n'), 'utf8');
  return { name: `${id.toLowerCase()}-${payOn}.xml`, content, currency: 'EUR', sumMinor };
}

function transfer({ reference, minor, holder, details }: Payment): string {
  if (details.method !== 'sepa') throw new TypeError(`${reference} is not a SEPA payment`);
  if (minor <= 0n || minor > MINOR_MAX) throw new RangeError(`${reference} is of ${minor} cents`);
  return (
    `<CdtTrfTxInf><PmtId><EndToEndId>${reference}</EndToEndId></PmtId>` +
    `<Amt><InstdAmt Ccy="EUR">${decimalText(minor, EUR)}</InstdAmt></Amt>` +
    (details.bic === null
      ? ''
      : `<CdtrAgt><FinInstnId><BICFI>${details.bic}</BICFI></FinInstnId></CdtrAgt>`) +
    `<Cdtr><Nm>${nameOf(holder)}</Nm></Cdtr><CdtrAcct><Id><IBAN>${details.iban}</IBAN></Id></CdtrAcct>` +
    `<RmtInf><Ustrd>Carat payout ${reference}</Ustrd></RmtInf></CdtTrfTxInf>`
  );
}

/** In parts: since November 2026 banks take no addresses of free lines. */
function addressOf(address: NonNullable<PayoutSenders['sepa']>['address']): string {
  if (address === null) return '';
  const { street, postcode, town, country } = address;
  return (
    `<PstlAdr><StrtNm>${nameOf(street)}</StrtNm><PstCd>${nameOf(postcode)}</PstCd>` +
    `<TwnNm>${nameOf(town)}</TwnNm><Ctry>${country}</Ctry></PstlAdr>`
  );
}

/** Of the Latin set only `'` means something in XML, and between tags not even that. */
function nameOf(name: string): string {
  const written = toLatin(name);
  if (written === null) throw new TypeError('a name that banks cannot write');
  return written.slice(0, NAME_MAX).trimEnd();
}
