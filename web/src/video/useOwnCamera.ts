import { useSyncExternalStore } from 'react';
import { type OnAirView, onAir } from './on-air.ts';
import { type OwnCameraView, ownCamera } from './own-camera.ts';

export function useOwnCamera(): OwnCameraView {
  return useSyncExternalStore(ownCamera.subscribe, ownCamera.view);
}

export function useOnAir(): OnAirView | null {
  return useSyncExternalStore(onAir.subscribe, onAir.view);
}
