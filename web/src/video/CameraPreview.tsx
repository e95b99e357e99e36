import { Camera, CircleAlert, RefreshCw, VideoOff } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '../ui/Button.tsx';
import { DeviceChoice } from './DeviceChoice.tsx';
import { LevelMeter } from './LevelMeter.tsx';
import { OwnPicture } from './OwnPicture.tsx';
import { onAir } from './on-air.ts';
import { ownCamera } from './own-camera.ts';
import type { CaptureFault } from './publish.ts';
import { useOwnCamera } from './useOwnCamera.ts';
import './own-video.css';

/** Camera and microphone before going live. Leaving the page turns both off, unless a live has taken them over. */
export function CameraPreview() {
  const { phase, stream, hasPicture, hasSound, isMuted, fault } = useOwnCamera();
  useEffect(() => {
    let left = false;
    void isAllowedAlready().then((allowed) => {
      if (allowed && !left && ownCamera.view().phase === 'off') void ownCamera.open();
    });
    return () => {
      left = true;
      if (!onAir.isOn()) ownCamera.close();
    };
  }, []);
  return (
    <div className="camera-preview">
      <div className="screen">
        {hasPicture ? (
          <OwnPicture stream={stream} mirrored label="Your camera" />
        ) : (
          <div className="dark">
            {fault === null ? <Camera aria-hidden /> : <VideoOff aria-hidden />}
            {fault !== null ? (
              <p role="alert">
                <b>{fault.message}</b> {fault.remedy}
              </p>
            ) : phase === 'asking' ? (
              <p role="status">Your browser asks whether this page may use your camera.</p>
            ) : (
              <p>See yourself before anybody else does. Nothing is sent until you go live.</p>
            )}
            {phase === 'asking' ? null : (
              <div className="verbs">
                {fault !== null && HOPELESS.has(fault.fault) ? null : (
                  <Button
                    kind={fault === null ? 'primary' : 'soft'}
                    size="sm"
                    icon={fault === null ? <Camera aria-hidden /> : <RefreshCw aria-hidden />}
                    onClick={() => void (phase === 'on' ? ownCamera.choosePicture() : ownCamera.open())}
                  >
                    {fault === null ? 'Turn the camera on' : 'Try again'}
                  </Button>
                )}
                {fault?.fault === 'no_microphone' && phase === 'off' ? (
                  <Button kind="soft" size="sm" onClick={() => void ownCamera.open({ microphone: false })}>
                    Go on without sound
                  </Button>
                ) : null}
              </div>
            )}
          </div>
        )}
      </div>
      {phase === 'on' ? (
        <>
          {hasPicture && fault !== null ? (
            <p className="notice" data-tone="warn" role="alert">
              <CircleAlert aria-hidden />
              <span>
                <b>{fault.message}</b> {fault.remedy}
              </span>
            </p>
          ) : null}
          {hasSound ? (
            <LevelMeter stream={stream} muted={isMuted} />
          ) : (
            <p className="text-sm text-fg-3">Without sound: there is no microphone.</p>
          )}
          <DeviceChoice />
        </>
      ) : null}
    </div>
  );
}

/** What trying again in this browser does not change. */
const HOPELESS: ReadonlySet<CaptureFault> = new Set(['not_secure', 'not_supported', 'no_codec']);

/** Whoever allowed it before is not asked to press a button first; nobody is surprised by a question. */
async function isAllowedAlready(): Promise<boolean> {
  try {
    const states = await Promise.all(
      ['camera', 'microphone'].map((name) => navigator.permissions.query({ name: name as PermissionName })),
    );
    return states.every(({ state }) => state === 'granted');
  } catch {
    return false;
  }
}
