import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const SERVER = process.env.CARAT_SERVER ?? 'http://127.0.0.1:4080';

export default defineConfig({
  plugins: [react(), tailwindcss(), preloadFonts(), publicArt(), overlayPage(), precompress()],
  build: {
    target: 'es2023',
    // The overlay is a program of its own, without a line of the app's.
    rolldownOptions: { input: { app: here('index.html'), overlay: here('overlay/index.html') } },
    // Nothing is inlined: the content security policy names 'self' alone for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // Scenes are fetched by the worker that draws them, each when it is played.
  worker: { format: 'es' },
  server: {
    proxy: {
      '/v1': { target: SERVER, ws: true, changeOrigin: true },
      '/sandbox': { target: SERVER, changeOrigin: true },
    },
  },
});

/** Preloads the two Latin font files that the first text needs, by their hashed names. */
function preloadFonts(): Plugin {
  const wanted = /(bricolage-grotesque|hanken-grotesk)-latin-wght-normal-[^/]*\.woff2$/;
  return {
    name: 'carat:preload-fonts',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle, path }) =>
        Object.keys(bundle ?? {})
          .filter((file) => path === '/index.html' && wanted.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', href: `/${file}`, as: 'font', type: 'font/woff2', crossorigin: true },
            injectTo: 'head' as const,
          })),
    },
  };
}

/** While developing: the overlay's page at the address that the server gives it. */
function overlayPage(): Plugin {
  return {
    name: 'carat:overlay-page',
    apply: 'serve',
    configureServer({ middlewares }) {
      middlewares.use((request, _answer, next) => {
        if (/^\/overlay\/[^/.]+\/[a-z]+(\?|$)/.test(request.url ?? '')) request.url = '/overlay/index.html';
        next();
      });
    },
  };
}

function here(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

/** Writes each text file compressed beside itself, so that the server never compresses while it answers. */
function precompress(): Plugin {
  return {
    name: 'carat:precompress',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const [file, output] of Object.entries(bundle)) {
          if (!/\.(js|css|svg)$/.test(file)) continue;
          const source = Buffer.from(output.type === 'chunk' ? output.code : output.source);
          if (source.length < 1024) continue;
          this.emitFile({ type: 'asset', fileName: `${file}.gz`, source: gzipSync(source, { level: 9 }) });
          this.emitFile({
            type: 'asset',
            fileName: `${file}.br`,
            source: brotliCompressSync(source, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
          });
        }
      },
    },
  };
}

/**
 * Also serves each picture in use under the address that events carry, for tools that show gifts elsewhere:
 * `/art/gifts/1f339.webp`, `/art/avatars/fox.webp`.
 */
function publicArt(): Plugin {
  const read = (file: string) => readFileSync(new URL(`./src/art/${file}`, import.meta.url), 'utf8');
  const picture = (path: string) => readFileSync(createRequire(import.meta.url).resolve(path));
  return {
    name: 'carat:public-art',
    apply: 'build',
    generateBundle() {
      for (const [, path = '', stem] of read('gifts.ts').matchAll(/from '(\S+\/([\w-]+)\.webp)'/g)) {
        this.emitFile({ type: 'asset', fileName: `art/gifts/${stem}.webp`, source: picture(path) });
      }
      const avatars = read('avatars.ts');
      const paths = new Map(
        [...avatars.matchAll(/import (\w+) from '(\S+\.webp)'/g)].map(([, name = '', path = '']) => [
          name,
          path,
        ]),
      );
      for (const [, key, name = ''] of avatars.matchAll(/'?([\w-]+)'?: \{ src: (\w+), hues/g)) {
        this.emitFile({
          type: 'asset',
          fileName: `art/avatars/${key}.webp`,
          source: picture(paths.get(name) ?? ''),
        });
      }
    },
  };
}
