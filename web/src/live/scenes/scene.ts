import type { Backdrop } from './backdrop.ts';
import type { Person } from './person.ts';

/** A drawn stream: somebody somewhere. */
export interface Scene {
  readonly backdrop: Backdrop;
  readonly person: Person;
}

/** Each is fetched when a stage plays it. */
const SCENES: Readonly<Record<string, () => Promise<{ readonly scene: Scene }>>> = {
  lamp: () => import('./lamp.ts'),
  kitchen: () => import('./kitchen.ts'),
  galaxy: () => import('./galaxy.ts'),
  garden: () => import('./garden.ts'),
  arcade: () => import('./arcade.ts'),
  studio: () => import('./studio.ts'),
};

/** The scene by its name; an unknown name plays the lamp-lit room. */
export async function fetchScene(name: string): Promise<Scene> {
  const fetched = SCENES[name] ?? (() => import('./lamp.ts'));
  return (await fetched()).scene;
}
