import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters } from 'werift';
import { fragments, rtp } from './peers.ts';
import { PICTURES_PER_SECOND, type Recording, recordedPictures, recordedSound } from './recording.ts';

const SOUND_MS = 20;
const PICTURE_TICKS = 90_000 / PICTURES_PER_SECOND;

/**
 * A program like OBS that is not made of the same parts as this server: werift, WebRTC in TypeScript. It sends a recording
 * of x264 and Opus again and again to a WHIP address with a stream key, and takes no requests for key pictures.
 */
export class WhipPublisher {
  readonly #connection: RTCPeerConnection;
  readonly #resource: string;
  readonly #key: string;
  readonly #sending: NodeJS.Timeout;

  private constructor(connection: RTCPeerConnection, resource: string, key: string, sending: NodeJS.Timeout) {
    this.#connection = connection;
    this.#resource = resource;
    this.#key = key;
    this.#sending = sending;
  }

  /** @throws Error with what the server said when it does not take the offer */
  static async start(url: string, key: string, recording: Recording = 'plain'): Promise<WhipPublisher> {
    const connection = new RTCPeerConnection({
      iceServers: [],
      iceUseIpv6: false,
      iceInterfaceAddresses: { udp4: '127.0.0.1' },
      iceAdditionalHostAddresses: ['127.0.0.1'],
      bundlePolicy: 'max-bundle',
      codecs: { audio: [OPUS], video: [H264] },
    });
    const audio = new MediaStreamTrack({ kind: 'audio' });
    const video = new MediaStreamTrack({ kind: 'video' });
    connection.addTransceiver(audio, { direction: 'sendonly' });
    connection.addTransceiver(video, { direction: 'sendonly' });
    await connection.setLocalDescription(await connection.createOffer());
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', authorization: `Bearer ${key}` },
      body: connection.localDescription?.sdp ?? '',
    });
    const sdp = await answer.text();
    const location = answer.headers.get('location');
    if (answer.status !== 201 || location === null) {
      await connection.close();
      throw new Error(`${answer.status} ${sdp}`);
    }
    const connected = connection.connectionStateChange.watch((state) => state === 'connected', 10_000);
    await connection.setRemoteDescription({ type: 'answer', sdp });
    await connected;
    return new WhipPublisher(connection, new URL(location, url).href, key, send(video, audio, recording));
  }

  /** Stops as OBS does. @returns what the server answered */
  async stop(): Promise<number> {
    clearInterval(this.#sending);
    const { status } = await fetch(this.#resource, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${this.#key}` },
    });
    await this.#connection.close();
    return status;
  }

  /** Is gone from one moment to the next. */
  async vanish(): Promise<void> {
    clearInterval(this.#sending);
    await this.#connection.close();
  }
}

const OPUS = new RTCRtpCodecParameters({
  mimeType: 'audio/opus',
  clockRate: 48_000,
  channels: 2,
  payloadType: 111,
});
const H264 = new RTCRtpCodecParameters({
  mimeType: 'video/H264',
  clockRate: 90_000,
  payloadType: 96,
  rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
  parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
});

/** Sends what is due since the start, whatever the timer does. */
function send(video: MediaStreamTrack, audio: MediaStreamTrack, recording: Recording): NodeJS.Timeout {
  const pictures = recordedPictures(recording);
  const sound = recordedSound();
  const began = performance.now();
  let [picturesSent, soundsSent, sequence] = [0, 0, 0];
  return setInterval(() => {
    const passedMs = performance.now() - began;
    for (; picturesSent * (1_000 / PICTURES_PER_SECOND) <= passedMs; picturesSent += 1) {
      const picture = pictures[picturesSent % pictures.length];
      if (picture === undefined) return;
      const round = Math.floor(picturesSent / pictures.length) * pictures.length;
      const timestamp = ((round + picture.place + 2) * PICTURE_TICKS) >>> 0;
      const payloads = picture.units.flatMap(fragments);
      payloads.forEach((payload, index) => {
        video.writeRtp(rtp(96, index === payloads.length - 1, sequence, timestamp, 1_001, payload));
        sequence = (sequence + 1) & 0xffff;
      });
    }
    for (; soundsSent * SOUND_MS <= passedMs; soundsSent += 1) {
      const packet = sound[soundsSent % sound.length];
      if (packet === undefined) return;
      audio.writeRtp(rtp(111, false, soundsSent & 0xffff, soundsSent * SOUND_MS * 48, 1_002, packet));
    }
  }, 5);
}
