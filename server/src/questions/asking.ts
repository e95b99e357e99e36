import { oncePer } from '../core/once-per.ts';
import { type Paying, payingOf } from '../gifts/index.ts';
import type { House } from '../house.ts';
import { AskingPace } from './asking-pace.ts';
import { QuestionTeller } from './tell-questions.ts';
import { VoteTeller } from './tell-votes.ts';

/** What this process keeps in memory to take questions. All of it can be read again from the database. */
export interface Asking {
  readonly house: House;
  readonly paying: Paying;
  readonly pace: AskingPace;
  readonly teller: QuestionTeller;
  readonly votes: VoteTeller;
}

/** The one of this house. */
export const askingOf = oncePer((house: House): Asking => {
  return {
    house,
    paying: payingOf(house),
    pace: new AskingPace(),
    teller: new QuestionTeller(house),
    votes: new VoteTeller(house),
  };
});
