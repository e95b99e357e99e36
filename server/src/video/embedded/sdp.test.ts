import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EngineRefusal } from '../engine.ts';
import { audioCodecs, readOffer, videoCodecs, writeAnswer, writeOffer } from './sdp.ts';

const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');

/** As a browser offers to watch: several codecs, extensions, candidates, a data channel. */
const BROWSER = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1 2',
  'a=extmap-allow-mixed',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:0123456789012345678901',
  `a=fingerprint:sha-256 ${FINGERPRINT}`,
  'a=setup:actpass',
  'a=mid:0',
  'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'a=recvonly',
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtpmap:63 red/48000/2',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98 102 106 39',
  'c=IN IP4 0.0.0.0',
  'a=mid:1',
  'a=recvonly',
  'a=candidate:1 1 udp 2122260223 4f0c9c2f-0000.local 51000 typ host generation 0',
  'a=end-of-candidates',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:98 VP9/90000',
  'a=rtpmap:102 H264/90000',
  'a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f',
  'a=rtpmap:106 H264/90000',
  'a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  'a=rtpmap:39 H264/90000',
  'a=fmtp:39 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  'a=mid:2',
  'a=sctp-port:5000',
  '',
].join('\r\n');

test('an offer is read: how to reach, and which codecs, constrained baseline before all', () => {
  const offer = readOffer(BROWSER);
  assert.deepEqual(
    [offer.ufrag, offer.password, offer.setup, offer.fingerprint],
    ['abcd', '0123456789012345678901', 'actpass', FINGERPRINT],
  );
  assert.deepEqual(
    offer.media.map(({ kind, mid, direction }) => [kind, mid, direction]),
    [
      ['audio', '0', 'recvonly'],
      ['video', '1', 'recvonly'],
      ['application', '2', 'sendrecv'],
    ],
  );
  const [audio, video] = offer.media;
  assert.ok(audio !== undefined && video !== undefined);
  assert.deepEqual(
    audioCodecs(audio).map(({ payloadType }) => payloadType),
    [111],
  );
  assert.deepEqual(
    videoCodecs(video).map(({ name, payloadType }) => [name, payloadType]),
    [
      ['H264', 106],
      ['VP8', 96],
    ],
  );
});

test('what the library gets has nothing of the client but what was understood', () => {
  const offer = readOffer(BROWSER.replace('useinbandfec=1', 'useinbandfec=1;x=../../etc'));
  const taken = offer.media.slice(0, 2).map((media) => ({
    offer: media,
    codecs: media.kind === 'video' ? videoCodecs(media) : audioCodecs(media),
  }));
  const written = writeOffer(offer, taken);
  assert.doesNotMatch(written, /candidate|extmap|etc|rtx|VP9|application/);
  assert.match(written, /m=video 9 UDP\/TLS\/RTP\/SAVPF 106 96\r\n/);
});

test('an answer keeps the order of the offer, and refuses what is not taken', () => {
  const offer = readOffer(BROWSER);
  const [, video] = offer.media;
  assert.ok(video !== undefined);
  const answer = writeAnswer(offer, [{ offer: video, codecs: videoCodecs(video) }], {
    local: {
      ufrag: 'wxyz',
      password: 'p'.repeat(22),
      fingerprint: `sha-256 ${FINGERPRINT}`,
      setup: 'active',
    },
    addresses: ['192.0.2.7', '198.51.100.3'],
    port: 7882,
    direction: 'sendonly',
    sources: new Map([['video', 77]]),
  });
  assert.deepEqual(answer.match(/^m=.*$/gm), [
    'm=audio 0 UDP/TLS/RTP/SAVPF 111 63',
    'm=video 7882 UDP/TLS/RTP/SAVPF 106 96',
    'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
  ]);
  assert.deepEqual(
    answer.match(/^a=candidate.*$/gm)?.map((line) => line.split(' ')[4]),
    ['192.0.2.7', '198.51.100.3'],
  );
});

const BROKEN: readonly (readonly [string, string | RegExp, string])[] = [
  ['nothing', /[\s\S]*/, ''],
  ['another version', 'v=0', 'v=1'],
  ['no user fragment', 'a=ice-ufrag:abcd\r\n', ''],
  ['a short password', '0123456789012345678901', 'short'],
  ['a weak fingerprint', 'sha-256', 'sha-1'],
  ['two media of one name', 'a=mid:1', 'a=mid:0'],
  ['a line that is none', 's=-', 'this is no line'],
  ['a NUL', 's=-', 's=\u0000'],
  ['a name with a break in it', 'a=mid:1', 'a=mid:1 2'],
  ['a media line that is none', /m=video .*/, 'm=video x'],
  ['too many lines', 't=0 0', 'a=x\r\n'.repeat(2_000)],
  ['too long', 't=0 0', `a=x:${'x'.repeat(70_000)}`],
];
for (const [what, find, put] of BROKEN) {
  test(`refused: ${what}`, () => {
    assert.throws(() => readOffer(BROWSER.replace(find, put)), { reason: 'sdp_invalid' });
  });
}

test('whatever is sent, it is read or refused, and never breaks anything', () => {
  const lines = BROWSER.split('\r\n');
  const mutated = fc
    .array(
      fc.tuple(fc.nat(lines.length - 1), fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...lines))),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((changes) => {
      const copy = [...lines];
      for (const [at, line] of changes) copy[at] = line;
      return copy.join('\r\n');
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.string({ unit: 'binary', maxLength: 400 })), (text) => {
      try {
        const offer = readOffer(text);
        assert.match(writeOffer(offer, []), /^v=0\r\n/);
      } catch (error) {
        assert.ok(error instanceof EngineRefusal, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
