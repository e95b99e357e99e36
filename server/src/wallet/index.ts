export {
  type Describer,
  describeTransfers,
  type EntryDescription,
  type EntryLink,
  type EntryStatus,
} from './describe.ts';
