import { allMessages, type MessageKind } from './realtime/messages.ts';
import './slices.ts';

const ADDRESS = '/v1/stages/{handle}/stream';

/** `server/asyncapi.json`: what a stage's stream says, as AsyncAPI 3, from the schemas beside the code that says it. */
export function asyncApi(): object {
  const kinds = allMessages();
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Carat: the stream of a stage',
      version: '1',
      description:
        'What happens on a stage, in the flat shape and the names that TikTok LIVE tools know, with fields of our own ' +
        'beside them. Messages with a `seq` are the stage’s events: kept for 30 days, gapless, never sampled, and told ' +
        'again from any number. The others are noise: told once, sampled in a crowd. A streak has exactly one gift ' +
        'with `final: true`. Fields and types may be added: pass over what you do not know. docs/events.md shows how.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      events: { host: 'carat.example', protocol: 'https', description: 'Server-sent events.' },
      socket: {
        host: 'carat.example',
        protocol: 'wss',
        description: 'A WebSocket; one message a text frame.',
      },
    },
    channels: {
      stage: {
        address: ADDRESS,
        title: 'One stage',
        description:
          'Open to anybody and any page. As server-sent events the type is the event’s name and `seq` its id, so that a ' +
          'browser resumes by itself. Comments (or pings) come when nothing else does. A slow reader loses noise, then ' +
          'its connection (4008), and resumes by its last seq.',
        servers: [{ $ref: '#/servers/events' }, { $ref: '#/servers/socket' }],
        parameters: { handle: { description: 'The creator’s handle.', examples: ['mira'] } },
        messages: Object.fromEntries(
          kinds.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: {
          ws: {
            method: 'GET',
            query: {
              type: 'object',
              properties: {
                after: {
                  type: 'integer',
                  minimum: 0,
                  description: 'The last seq that was seen: everything after it comes first.',
                },
                tests: { type: 'boolean', description: 'Whether test events are wanted, too.' },
              },
            },
            bindingVersion: '0.1.0',
          },
        },
      },
    },
    operations: {
      tell: {
        action: 'send',
        channel: { $ref: '#/channels/stage' },
        summary: 'Carat tells a tool what happens on a stage',
        messages: kinds.map(({ name }) => ({ $ref: `#/channels/stage/messages/${name}` })),
      },
    },
    components: { messages: Object.fromEntries(kinds.map((kind) => [kind.name, messageOf(kind)])) },
  };
}

function messageOf({ name, type, numbered, summary, schema, examples }: MessageKind): object {
  return {
    name: type,
    title: name,
    summary,
    tags: [{ name: numbered ? 'numbered' : 'noise' }],
    payload: opened(schema),
    examples: examples.map((payload) => ({ payload })),
  };
}

/** The schema for readers: what is added later must not break them. */
function opened(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('additionalProperties' in value)) return value;
    const { additionalProperties: _closed, ...open } = value;
    return open;
  });
}
