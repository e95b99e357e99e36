import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { type Desk, releaseHeld } from './desk.ts';
import { clearFaults, FAULTS, type FaultOrder, orderFault, waitingFaults } from './faults.ts';

const orderSchema = Type.Object(
  {
    call: Type.String({ pattern: '^(\\*|[a-z_]+(\\.[a-z_]+)+)$', maxLength: 60 }),
    fault: Type.Enum([...FAULTS]),
    times: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
    milliseconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 30 * 24 * 3_600_000 })),
    share: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
  },
  { additionalProperties: false },
);

/**
 * The fault API. It is on the companies' listener and has a key of its own:
 * `GET`, `POST` and `DELETE /sandbox/faults`, and `POST /sandbox/release` for the events that were held back.
 */
export async function answerDirector(
  desk: Desk,
  method: string,
  path: string,
  body: string,
): Promise<{ status: number; text: string }> {
  const said = (status: number, value: unknown) => ({ status, text: JSON.stringify(value) });
  if (path === '/sandbox/release' && method === 'POST') {
    const released = await releaseHeld(desk.db, desk.clock.now());
    desk.wake();
    return said(200, { released });
  }
  if (path !== '/sandbox/faults') return said(404, { message: 'There is nothing here.' });
  switch (method) {
    case 'GET':
      return said(200, { faults: await waitingFaults(desk.db) });
    case 'DELETE':
      await clearFaults(desk.db);
      return said(200, { faults: [] });
    case 'POST': {
      const order = read(body);
      if (order === null) {
        return said(400, {
          message: `Give call, fault (${FAULTS.join(', ')}), times and perhaps milliseconds, share and seed.`,
        });
      }
      await orderFault(desk.db, order);
      return said(200, { faults: await waitingFaults(desk.db) });
    }
    default:
      return said(405, { message: 'GET, POST or DELETE.' });
  }
}

function read(body: string): FaultOrder | null {
  try {
    const order: unknown = JSON.parse(body);
    return Value.Check(orderSchema, order) ? order : null;
  } catch {
    return null;
  }
}
