import type { CSSProperties } from 'react';
import { avatarArt } from '../art/avatars.ts';

interface AvatarProps {
  /** The key of a picture in the avatar set; an unknown key gets a stable one of its own. */
  readonly avatar: string | null | undefined;
  /** Pixels across. */
  readonly size?: number;
  /** The bright ring that says "live". */
  readonly ring?: boolean;
  readonly className?: string;
}

/** A person's picture. Decorative: the name stands beside it. */
export function Avatar({ avatar, size = 36, ring = false, className = '' }: AvatarProps) {
  const art = avatarArt(avatar ?? '');
  const style = { '--avatar': `${size}px`, '--a': art.hues[0], '--b': art.hues[1] } as CSSProperties;
  return (
    <span className={`avatar ${className}`} style={style} data-ring={ring ? '' : undefined}>
      <img src={art.src} alt="" width={size} height={size} draggable={false} />
    </span>
  );
}
