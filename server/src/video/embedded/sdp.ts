import { EngineRefusal } from '../engine.ts';

/**
 * Session descriptions as this engine understands them. An offer is read strictly into a few known facts, and what the
 * WebRTC library gets is written anew from those: nothing else of a client's text reaches native code. Candidates are left
 * out on purpose: this server is reachable, so peers are learnt from their first packet, whatever `.local` names they offer.
 */

export interface Codec {
  readonly payloadType: number;
  /** Upper case: `H264`, `VP8`, `OPUS`. */
  readonly name: string;
  readonly format: string;
}

export interface MediaOffer {
  readonly kind: string;
  readonly mid: string;
  /** As in the `m=` line, for the answer of a section that is not taken. */
  readonly protocol: string;
  readonly payloadTypes: readonly string[];
  readonly direction: Direction;
  readonly codecs: readonly Codec[];
  readonly ssrcs: readonly number[];
}

export interface Offer {
  readonly ufrag: string;
  readonly password: string;
  /** SHA-256 of the certificate, `AB:CD:…`. */
  readonly fingerprint: string;
  readonly setup: 'actpass' | 'active' | 'passive';
  readonly media: readonly MediaOffer[];
}

/** A section that is taken, with the codecs that are, best first. */
export interface TakenMedia {
  readonly offer: MediaOffer;
  readonly codecs: readonly Codec[];
}

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

const SDP_LENGTH_MAX = 64 * 1024;
const LINES_MAX = 1_500;
const SECTIONS_MAX = 8;
const FORMATS_MAX = 80;
const SSRCS_MAX = 32;

/**
 * Reads an offer.
 * @throws EngineRefusal `sdp_invalid` with the rule that is broken.
 */
export function readOffer(text: string): Offer {
  if (text.length > SDP_LENGTH_MAX) throw invalid('is too long');
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > LINES_MAX) throw invalid('has too many lines');
  if (lines[0] !== 'v=0') throw invalid('must begin with v=0');
  for (const line of lines) {
    if (!/^[a-z]=[\x20-\x7e]*$/.test(line)) throw invalid('has a line that is none');
  }
  const [session, ...sections] = inSections(lines);
  if (session === undefined || sections.length === 0) throw invalid('has no media');
  if (sections.length > SECTIONS_MAX) throw invalid('has too many media');
  const media = sections.map(readMedia);
  if (new Set(media.map(({ mid }) => mid)).size !== media.length) throw invalid('names two media alike');
  const shared = sections.find((section) => attribute(section, 'ice-ufrag') !== undefined) ?? session;
  return {
    ufrag: must(value(session, shared, 'ice-ufrag'), /^[A-Za-z0-9+/]{4,256}$/, 'ice-ufrag'),
    password: must(value(session, shared, 'ice-pwd'), /^[A-Za-z0-9+/]{22,256}$/, 'ice-pwd'),
    fingerprint: must(
      value(session, shared, 'fingerprint'),
      /^sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/i,
      'SHA-256 fingerprint',
    ).slice('sha-256 '.length),
    setup: must(
      value(session, shared, 'setup') ?? 'actpass',
      /^(actpass|active|passive)$/,
      'setup',
    ) as Offer['setup'],
    media,
  };
}

/** The offer again, with nothing in it but what was taken. */
export function writeOffer(offer: Offer, taken: readonly TakenMedia[]): string {
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${taken.map((one) => one.offer.mid).join(' ')}`,
    `a=fingerprint:sha-256 ${offer.fingerprint}`,
  ];
  for (const { offer: media, codecs } of taken) {
    lines.push(
      `m=${media.kind} 9 UDP/TLS/RTP/SAVPF ${codecs.map(({ payloadType }) => payloadType).join(' ')}`,
      'c=IN IP4 0.0.0.0',
      `a=mid:${media.mid}`,
      `a=${media.direction}`,
      ...media.ssrcs.map((ssrc) => `a=ssrc:${ssrc} cname:peer`),
      'a=rtcp-mux',
      ...codecs.flatMap((codec) => codecLines(media.kind, codec)),
      `a=setup:${offer.setup}`,
      `a=ice-ufrag:${offer.ufrag}`,
      `a=ice-pwd:${offer.password}`,
    );
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** How this end is reached: from the library's own description. */
export interface LocalEnd {
  readonly ufrag: string;
  readonly password: string;
  readonly fingerprint: string;
  readonly setup: string;
}

export function readLocalEnd(sdp: string): LocalEnd {
  const of = (name: string) => new RegExp(`^a=${name}:(.+?)\\r?$`, 'm').exec(sdp)?.[1] ?? '';
  return {
    ufrag: of('ice-ufrag'),
    password: of('ice-pwd'),
    fingerprint: of('fingerprint'),
    setup: of('setup'),
  };
}

export interface AnswerParts {
  readonly local: LocalEnd;
  readonly addresses: readonly string[];
  readonly port: number;
  readonly direction: 'sendonly' | 'recvonly';
  /** What is sent in each kind of section; none when receiving. */
  readonly sources: ReadonlyMap<string, number>;
}

/** The answer: the sections in the order of the offer, those that are not taken with port 0. */
export function writeAnswer(offer: Offer, taken: readonly TakenMedia[], parts: AnswerParts): string {
  const { local, addresses, port, direction, sources } = parts;
  const lines = [
    'v=0',
    'o=carat 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${taken.map((one) => one.offer.mid).join(' ')}`,
    'a=msid-semantic:WMS *',
    `a=fingerprint:${local.fingerprint}`,
  ];
  const [first] = taken;
  for (const media of offer.media) {
    const take = taken.find((one) => one.offer === media);
    if (take === undefined) {
      lines.push(`m=${media.kind} 0 ${media.protocol} ${media.payloadTypes.join(' ') || '0'}`);
      lines.push('c=IN IP4 0.0.0.0', `a=mid:${media.mid}`, 'a=inactive');
      continue;
    }
    const source = sources.get(media.kind);
    lines.push(
      `m=${media.kind} ${port} UDP/TLS/RTP/SAVPF ${take.codecs.map(({ payloadType }) => payloadType).join(' ')}`,
      `c=IN ${addresses[0]?.includes(':') ? 'IP6' : 'IP4'} ${addresses[0] ?? '0.0.0.0'}`,
      `a=mid:${media.mid}`,
      `a=${direction}`,
      'a=rtcp-mux',
      ...take.codecs.flatMap((codec) => codecLines(media.kind, codec)),
      `a=setup:${local.setup}`,
      `a=ice-ufrag:${local.ufrag}`,
      `a=ice-pwd:${local.password}`,
    );
    if (source !== undefined) {
      lines.push(`a=msid:stage ${media.kind}`, `a=ssrc:${source} cname:stage`);
    }
    if (take === first) {
      addresses.forEach((address, index) => {
        lines.push(`a=candidate:${index + 1} 1 UDP ${2_113_937_151 - index} ${address} ${port} typ host`);
      });
      lines.push('a=end-of-candidates');
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}

/**
 * The video codecs that can be carried, best first: H264 constrained baseline in packetization mode 1, which every
 * browser and OBS has in hardware or can do; other H264 in that mode; VP8.
 */
export function videoCodecs(media: MediaOffer): Codec[] {
  const rank = ({ name, format }: Codec) => {
    if (name === 'VP8') return 3;
    if (name !== 'H264' || !/(^|;)\s*packetization-mode=1\b/.test(format)) return 9;
    return /profile-level-id=42e0/i.test(format) ? 0 : /profile-level-id=42/i.test(format) ? 1 : 2;
  };
  const known = media.codecs.filter((codec) => rank(codec) < 9).sort((a, b) => rank(a) - rank(b));
  const best = (name: string) => known.find((codec) => codec.name === name);
  return [best('H264'), best('VP8')].filter((codec) => codec !== undefined);
}

export function audioCodecs(media: MediaOffer): Codec[] {
  return media.codecs.filter(({ name }) => name === 'OPUS').slice(0, 1);
}

function codecLines(kind: string, { payloadType, name, format }: Codec): string[] {
  if (kind === 'audio') {
    return [
      `a=rtpmap:${payloadType} opus/48000/2`,
      `a=fmtp:${payloadType} minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1`,
    ];
  }
  return [
    `a=rtpmap:${payloadType} ${name}/90000`,
    `a=rtcp-fb:${payloadType} nack`,
    `a=rtcp-fb:${payloadType} nack pli`,
    `a=rtcp-fb:${payloadType} ccm fir`,
    `a=rtcp-fb:${payloadType} goog-remb`,
    ...(name === 'H264' ? [`a=fmtp:${payloadType} ${h264Format(format)}`] : []),
  ];
}

/** Only what was understood of it. */
function h264Format(format: string): string {
  const profile = /profile-level-id=([0-9a-f]{6})/i.exec(format)?.[1] ?? '42e01f';
  return `level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${profile.toLowerCase()}`;
}

function inSections(lines: readonly string[]): string[][] {
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith('m=')) sections.push([]);
    sections.at(-1)?.push(line);
  }
  return sections;
}

function readMedia(lines: readonly string[]): MediaOffer {
  const head =
    /^m=(audio|video|application|text) (\d{1,5})(?:\/\d+)? ([A-Z/]{1,30})((?: [\w-]{1,30})+)$/.exec(
      lines[0] ?? '',
    );
  if (head === null) throw invalid('has a media line that is none');
  const [, kind = '', , protocol = '', formats = ''] = head;
  const payloadTypes = formats.trim().split(' ');
  if (payloadTypes.length > FORMATS_MAX) throw invalid('offers too many formats');
  const ssrcs = new Set<number>();
  for (const line of lines) {
    const ssrc = Number(/^a=ssrc:(\d{1,10})(?: |$)/.exec(line)?.[1] ?? 0);
    if (ssrc > 0 && ssrc <= 0xffffffff) ssrcs.add(ssrc);
  }
  if (ssrcs.size > SSRCS_MAX) throw invalid('has too many sources');
  const directions = lines.filter((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line));
  return {
    kind,
    mid: must(attribute(lines, 'mid'), /^[A-Za-z0-9._~-]{1,32}$/, 'mid'),
    protocol,
    payloadTypes,
    direction: (directions[0]?.slice(2) ?? 'sendrecv') as Direction,
    codecs: protocol === 'UDP/TLS/RTP/SAVPF' ? readCodecs(lines, payloadTypes) : [],
    ssrcs: [...ssrcs],
  };
}

function readCodecs(lines: readonly string[], payloadTypes: readonly string[]): Codec[] {
  const clocks: Readonly<Record<string, string>> = { H264: '90000', VP8: '90000', OPUS: '48000/2' };
  return payloadTypes.flatMap((text) => {
    const payloadType = Number(text);
    if (!/^\d{1,3}$/.test(text) || payloadType > 127 || (payloadType >= 64 && payloadType <= 95)) return [];
    const map = /^([\w.+-]{1,30})\/([\d/]{1,20})$/.exec(numbered(lines, 'rtpmap', text) ?? '');
    const name = map?.[1]?.toUpperCase() ?? '';
    if (clocks[name] === undefined || clocks[name] !== map?.[2]) return [];
    return [{ payloadType, name, format: numbered(lines, 'fmtp', text) ?? '' }];
  });
}

function numbered(lines: readonly string[], name: string, payloadType: string): string | undefined {
  const start = `a=${name}:${payloadType} `;
  return lines.find((line) => line.startsWith(start))?.slice(start.length);
}

function attribute(lines: readonly string[], name: string): string | undefined {
  const start = `a=${name}:`;
  return lines.find((line) => line.startsWith(start))?.slice(start.length);
}

function value(session: readonly string[], media: readonly string[], name: string): string | undefined {
  return attribute(media, name) ?? attribute(session, name);
}

function must(text: string | undefined, form: RegExp, what: string): string {
  if (text === undefined || !form.test(text)) throw invalid(`has no usable ${what}`);
  return text;
}

function invalid(rule: string): EngineRefusal {
  return new EngineRefusal('sdp_invalid', `The offer ${rule}.`);
}
