import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider, RawServerDefault } from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { Config } from './config.ts';
import type { Clock } from './core/clock.ts';
import type { Database } from './db/database.ts';
import type { Ledger } from './ledger/index.ts';
import type { Hub } from './realtime/hub.ts';

/**
 * What every slice is given: the outside world, and nothing of another slice. Slices import this file for its types
 * alone; whoever builds a house fills it.
 */
export interface House {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly hub: Hub;
  readonly log: FastifyBaseLogger;
}

/** Ends what a slice started; resolves when it has ended. */
export type Stop = () => Promise<void>;

/** A domain module of the server, named by its noun. */
export interface Slice {
  readonly name: string;
  /** Adds its HTTP routes, under `/v1`. */
  readonly routes?: (app: App, house: House) => void | Promise<void>;
  /** Says which socket frames it takes. */
  readonly channel?: (hub: Hub, house: House) => void;
  /** Starts its background work and whatever must be ready before the first request. */
  readonly start?: (house: House) => Promise<Stop> | Stop;
}

/** Lets Fastify read the types of bodies, parameters and answers from TypeBox schemas. */
export interface TypeBoxProvider extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxProvider
>;
