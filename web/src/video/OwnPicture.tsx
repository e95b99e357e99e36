import { useEffect, useRef } from 'react';

interface OwnPictureProps {
  readonly stream: MediaStream | null;
  /** As in a mirror, which is how people know themselves. */
  readonly mirrored: boolean;
  readonly label: string;
}

/** One's own camera, without its sound. */
export function OwnPicture({ stream, mirrored, label }: OwnPictureProps) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (video === null || video.srcObject === stream) return;
    video.srcObject = stream;
    // Muted it may always play; a stream that was replaced meanwhile ends the wait.
    if (stream !== null) void video.play().catch(() => {});
  }, [stream]);
  return (
    <video
      ref={element}
      className="own-picture"
      data-mirrored={mirrored || undefined}
      muted
      playsInline
      autoPlay
      aria-label={label}
    />
  );
}
