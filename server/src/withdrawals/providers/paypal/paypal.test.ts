import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '../../../core/ids.ts';
import { minorOf } from '../../currencies.ts';
import { maskedEmail, readEmail } from '../../paypal-email.ts';
import { amountText, type Batch, snapshotOf } from './payout.ts';
import { certificateUrl } from './webhook.ts';

const API = 'https://api-m.paypal.com';
const CERTIFICATE = '/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77';

test('a certificate comes from the host that is called, under either of its names, and from nowhere else', () => {
  for (const good of [`https://api.paypal.com${CERTIFICATE}`, `${API}${CERTIFICATE}`]) {
    assert.equal(certificateUrl(good, API), good);
  }
  for (const bad of [
    `https://api.sandbox.paypal.com${CERTIFICATE}`,
    `https://api.paypal.com.evil.example${CERTIFICATE}`,
    `https://evil.example${CERTIFICATE}`,
    `https://api.paypal.com@evil.example${CERTIFICATE}`,
    `https://somebody@api.paypal.com${CERTIFICATE}`,
    `https://api.paypal.com:8443${CERTIFICATE}`,
    `http://api.paypal.com${CERTIFICATE}`,
    'https://api.paypal.com/v1/notifications/certs/../../redirect',
    'https://api.paypal.com/v1/notifications/certs/a/b',
    'https://api.paypal.com/other/CERT-1',
    'not an address',
  ]) {
    assert.equal(certificateUrl(bad, API), null, bad);
  }
});

test('amounts have the digits that PayPal takes, and are read to the last of them', () => {
  for (const [minor, currency, text] of [
    [2_650n, 'USD', '26.50'],
    [5n, 'EUR', '0.05'],
    [1_240n, 'JPY', '1240'],
    [124_000n, 'HUF', '1240'],
    [124_000n, 'TWD', '1240'],
  ] as const) {
    assert.equal(amountText(minor, currency), text);
    assert.equal(minorOf(text, currency), minor);
  }
  assert.throws(() => amountText(124_050n, 'HUF'), RangeError);
  assert.equal(minorOf('26.5', 'USD'), 2_650n);
  for (const odd of ['26.505', '-1.00', '1e3', '', '26,50']) assert.equal(minorOf(odd, 'USD'), null, odd);
});

test('an e-mail address is one, and is masked', () => {
  for (const good of ['mira@mail.example', 'm.s+tip@a-b.mail.example', "o'neil@mail.example"]) {
    assert.deepEqual(readEmail(` ${good} `), { email: good });
  }
  for (const bad of [
    'mira',
    '@mail.example',
    'mira@',
    'mira@mail',
    'a..b@mail.example',
    'a@b..example',
    'ä@mail.example',
  ]) {
    assert.ok('rule' in readEmail(bad), bad);
  }
  assert.ok('rule' in readEmail(`${'a'.repeat(65)}@mail.example`));
  assert.equal(maskedEmail('mira@mail.example'), 'm···a@mail.example');
  assert.equal(maskedEmail('mo@mail.example'), 'm···@mail.example');
});

test('a batch that was denied is back only where no item of it still moves', () => {
  const attemptId = newId();
  const operation = {
    attemptId,
    reference: 'CAR-7Q2M4B8XKD',
    withdrawal: 'wd_1',
    destination: 'mira@mail.example',
    minor: 2_600n,
    currency: 'USD',
    takenRef: 'BATCH1',
  };
  const batch = (batchStatus: string, itemStatus: string | null): Batch => ({
    batch_header: {
      payout_batch_id: 'BATCH1',
      batch_status: batchStatus,
      sender_batch_header: { sender_batch_id: attemptId },
    },
    items:
      itemStatus === null
        ? []
        : [
            {
              payout_item_id: 'ITEM1',
              transaction_status: itemStatus,
              payout_item: { amount: { currency: 'USD', value: '26.00' }, receiver: 'mira@mail.example' },
            },
          ],
  });
  for (const [batchStatus, itemStatus, status] of [
    ['DENIED', null, 'back'],
    ['DENIED', 'FAILED', 'back'],
    ['DENIED', 'DENIED', 'back'],
    ['SUCCESS', 'DENIED', 'back'],
    ['DENIED', 'BLOCKED', 'other'],
    ['SUCCESS', 'BLOCKED', 'other'],
    ['SUCCESS', 'REFUNDED', 'other'],
    ['SUCCESS', 'REVERSED', 'other'],
    ['SUCCESS', 'ON_HOLD', 'on_its_way'],
    ['CANCELED', 'RETURNED', 'back'],
    ['DENIED', 'SUCCESS', 'other'],
    ['CANCELED', 'UNCLAIMED', 'other'],
    ['DENIED', 'PENDING', 'other'],
    ['DENIED', 'A_NEW_WORD', 'other'],
    ['SUCCESS', 'UNCLAIMED', 'on_its_way'],
  ] as const) {
    assert.equal(
      snapshotOf(batch(batchStatus, itemStatus), operation, false).status,
      status,
      `${batchStatus} ${itemStatus}`,
    );
  }
});
