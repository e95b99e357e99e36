import { StudioHype } from '../hype/StudioHype.tsx';
import { StudioPolls } from '../polls/StudioPolls.tsx';

/** What a creator does with the people on their stage: votes and the hype. */
export default function StudioCrowd({ handle }: { readonly handle: string }) {
  return (
    <div className="studio-crowd">
      <StudioPolls handle={handle} />
      <StudioHype handle={handle} />
    </div>
  );
}
