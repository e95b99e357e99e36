import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Uuid } from '../core/ids.ts';
import { publicNetworkOf } from '../http/network.ts';
import { roomOf, wordsHiddenOn } from '../live/index.ts';
import type { Json } from '../realtime/room-event.ts';
import { type StreamMessage, serverSentEvent } from '../realtime/stream-batch.ts';
import { openRoad } from '../realtime/stream-door.ts';
import type { StreamRoad } from '../realtime/stream-reader.ts';
import type { Overlays } from './overlays.ts';
import type { Source } from './rules.ts';
import type { AnySettings, SettingsOf } from './schema.ts';
import { settingsFor } from './settings.ts';
import { shaped } from './shape.ts';
import { leadersNow, showSource, stageOfCreator } from './show-source.ts';

/** How often a list of supporters that no event carries is read anew at most. */
const LEADERS_MS = 1_000;

/**
 * Lets an overlay read its creator's stage over server-sent events: first `state`, all that it needs to draw itself; then
 * what happens, and `state` again when its settings change; `end` when its key was revoked.
 */
export async function openOverlay(
  overlays: Overlays,
  opener: { readonly keyId: Uuid | null; readonly creatorId: Uuid },
  asked: { readonly source: Source; readonly after: number | undefined },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { house, open } = overlays;
  const { source } = asked;
  const { keyId, creatorId } = opener;
  let stage = await stageOfCreator(overlays, creatorId);
  let hides = await wordsHiddenOn(house, stage);
  let { version, settings }: { version: number; settings: AnySettings } = await settingsFor(
    overlays,
    creatorId,
    source,
  );
  const { after, fields } = await showSource(
    overlays,
    stage,
    source,
    { keyId, after: asked.after },
    settings,
    hides,
  );

  await house.hub.read(
    roomOf(house, stage),
    { after, tests: true, network: publicNetworkOf(request.ip), about: {} },
    async (limits) => {
      const plain = await openRoad(request, reply, limits);
      if (plain === null) return null;
      const say = (message: StreamMessage) => {
        if (plain.stream.writable) plain.stream.write(serverSentEvent(message));
      };
      const leaders = leadersTeller(async () => {
        const rows = await leadersNow(overlays, stage, settings as SettingsOf['leaderboard'], hides);
        say({ type: 'leaders', createTime: String(house.clock.now()), leaders: rows });
      });
      plain.stream.once('close', leaders.stop);
      const tell = (message: StreamMessage): StreamMessage[] => {
        if (message.type === 'connected') {
          return [
            { type: 'state', createTime: message.createTime, ...fields, resumedAt: message.seq as Json },
          ];
        }
        if (source === 'leaderboard' && message.test !== true && !carriesLeaders(message, settings)) {
          if (message.type === 'roomUser' || message.type === 'stage') leaders.soon();
          if (message.type === 'roomUser') return [];
        }
        const said = shaped(source, message, hides);
        return said === null ? [] : [said];
      };
      const road = shapedRoad(plain, tell);
      open.add({
        keyId,
        creatorId,
        source,
        road,
        version,
        refresh: async (isNew) => {
          stage = await stageOfCreator(overlays, creatorId);
          hides = await wordsHiddenOn(house, stage);
          if (!isNew) return version;
          ({ version, settings } = await settingsFor(overlays, creatorId, source));
          const now = await showSource(overlays, stage, source, { keyId, after: undefined }, settings, hides);
          say({ type: 'state', createTime: String(house.clock.now()), ...now.fields });
          return version;
        },
      });
      return road;
    },
  );
}

/** Whether the stage's own news have the list that this leaderboard shows. */
function carriesLeaders(message: StreamMessage, settings: AnySettings): boolean {
  return (settings as SettingsOf['leaderboard']).period === 'live' && Array.isArray(message.topViewers);
}

/** The same road, on which an overlay is told in its own words. It is one of few: nothing is shared. */
function shapedRoad(road: StreamRoad, tell: (message: StreamMessage) => StreamMessage[]): StreamRoad {
  return {
    ...road,
    bytes: (batch, lane) => Buffer.from(batch.messages(lane).flatMap(tell).map(serverSentEvent).join('')),
  };
}

/** Reads and tells a list soon, once for many reasons. */
function leadersTeller(tell: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  return {
    soon: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        // The next gift, or opening it again, reads it anew.
        tell().catch(() => {});
      }, LEADERS_MS);
    },
    stop: () => clearTimeout(timer),
  };
}
