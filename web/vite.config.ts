import { brotliCompressSync, gzipSync } from 'node:zlib';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const SERVER = process.env.CARAT_SERVER ?? 'http://127.0.0.1:4080';

export default defineConfig({
  plugins: [react(), tailwindcss(), preloadFonts(), precompress()],
  build: {
    target: 'es2023',
    // Nothing is inlined: the content security policy names 'self' alone for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
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
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((file) => wanted.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', href: `/${file}`, as: 'font', type: 'font/woff2', crossorigin: true },
            injectTo: 'head' as const,
          })),
    },
  };
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
          this.emitFile({ type: 'asset', fileName: `${file}.br`, source: brotliCompressSync(source) });
        }
      },
    },
  };
}
