import { join } from 'node:path';
import { CHECKOUT, capture, NODE } from './child.mjs';
import { duration, say } from './say.mjs';

const MODULES = join(CHECKOUT, 'node_modules');

const CHECKS = [
  {
    name: 'format and lint',
    program: '@biomejs/biome/bin/biome',
    args: ['check', '--diagnostic-level=warn'],
  },
  {
    name: 'types of the server, bench and journeys',
    program: 'typescript/bin/tsc',
    args: ['-p', 'tsconfig.json'],
  },
  { name: 'types of the web app', program: 'typescript/bin/tsc', args: ['-p', 'web/tsconfig.json'] },
  { name: 'dead code', program: 'knip/bin/knip.js', args: ['--no-progress'] },
];

/** Format, lint, types, dead code: one line each, with what they found where they found something. */
export async function checkSources() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  say('The sources');
  for (const { name, program, args } of CHECKS) {
    const began = Date.now();
    const { code, said } = await capture(NODE, [join(MODULES, program), ...args]);
    total[code === 0 ? 'passed' : 'failed'] += 1;
    say(`${code === 0 ? '✔' : '✖'} ${name}  (${duration(Date.now() - began)})`);
    if (code !== 0) say(said.trim());
  }
  return total;
}
