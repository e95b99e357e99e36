import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { STAGE_NOT_LIVE } from '../gifts/index.ts';
import { requireGate } from '../identity/index.ts';
import { liveSession, ownStage } from '../live/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import type { Asking } from './asking.ts';
import type { QuestionSettings } from './question.ts';
import { settingsEvent } from './question-event.ts';
import { priceRefusal } from './rules.ts';
import { insertSettings } from './store.ts';

/**
 * Opens or closes questions in the creator's running live, and says what one costs. Questions that were asked keep
 * their price. Refuses with `question_price_out_of_range`, `stage_not_live`, and for a price with what the gate `earn`
 * says.
 */
export async function setQuestions(
  asking: Asking,
  creatorId: Uuid,
  settings: QuestionSettings,
): Promise<void> {
  const { house } = asking;
  const nowMs = house.clock.now();
  const refusal = priceRefusal(settings.coins, (await currentPolicy(house.db, nowMs)).questions);
  if (refusal !== null) throw refusal;
  if (settings.isOn && settings.coins > 0n) await requireGate(house, 'earn', creatorId);
  const { stageId, events } = await house.db.transaction(async (tx) => {
    const stage = await ownStage(tx, creatorId);
    const session = stage === undefined ? null : liveSession(stage);
    if (stage === undefined || session === null) throw new Refusal(STAGE_NOT_LIVE);
    await insertSettings(tx, { ...settings, id: newId(), sessionId: session.id, at: new Date(nowMs) });
    return {
      stageId: stage.id,
      events: await appendRoomEvents(tx, stage.id, [
        settingsEvent({ ...stage, id: stage.creatorId }, settings, nowMs),
      ]),
    };
  });
  house.hub.publish(stageId, events);
}
