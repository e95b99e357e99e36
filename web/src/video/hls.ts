import Hls from 'hls.js/light';

/**
 * Plays an HLS playlist: a browser that can by itself does, the others with hls.js.
 * @returns what ends it; `null` where this browser cannot at all
 */
export function playPlaylist(
  url: string,
  element: HTMLVideoElement,
  onBroken: () => void,
): (() => void) | null {
  if (!Hls.isSupported()) {
    if (element.canPlayType('application/vnd.apple.mpegurl') === '') return null;
    element.srcObject = null;
    element.src = url;
    element.addEventListener('error', onBroken, { once: true });
    return () => {
      element.removeEventListener('error', onBroken);
      element.removeAttribute('src');
      element.load();
    };
  }
  const player = new Hls({
    enableWorker: false,
    backBufferLength: 10,
    // Whoever fell behind catches up.
    maxLiveSyncPlaybackRate: 1.1,
  });
  element.srcObject = null;
  player.on(Hls.Events.ERROR, (_event, { fatal }) => {
    if (fatal) onBroken();
  });
  player.loadSource(url);
  player.attachMedia(element);
  return () => player.destroy();
}
