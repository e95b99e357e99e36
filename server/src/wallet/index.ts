export {
  type Describer,
  describeTransfers,
  type EntryDescription,
  type EntryLink,
  type EntryStatus,
  type HowLine,
} from './describe.ts';
