import { Particles } from '../../gifts/particles.ts';
import { ScenePlayer } from '../scenes/player.ts';
import { fetchScene } from '../scenes/scene.ts';
import type { Artist, Order, Subject } from './orders.ts';

/** The worker that draws a page's canvases: the page's own thread has no part in a frame of them. */

/** In the order in which they were asked for; what is asked of one waits until it is there. */
const artists = new Map<number, Promise<Artist>>();

self.addEventListener('message', ({ data: order }: MessageEvent<Order>) => {
  if (order.act === 'begin') {
    const { id, canvas, subject, shown } = order;
    artists.set(id, artistFor(canvas, subject, shown));
    return;
  }
  artists
    .get(order.id)
    ?.then((artist) => obey(artist, order))
    .catch(() => {
      // It is only drawn: the page works without it.
    });
});

async function artistFor(canvas: OffscreenCanvas, subject: Subject, shown: boolean): Promise<Artist> {
  if (subject.of === 'particles') return new Particles(canvas);
  return new ScenePlayer(canvas, await fetchScene(subject.scene), { still: subject.still, shown });
}

function obey(artist: Artist, order: Exclude<Order, { readonly act: 'begin' }>): void {
  if (order.act === 'fit') artist.fit(order.width, order.height, order.density);
  else if (order.act === 'show') artist.show(order.shown);
  else if (order.act === 'tell') artist.tell(order.wish);
  else {
    artists.delete(order.id);
    artist.stop();
  }
}
