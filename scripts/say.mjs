/** One line of progress for a person. */
export function say(sentence) {
  process.stdout.write(`${sentence}\n`);
}

/** Says what is in the way and ends; for what the person has to mend. */
export function giveUp(sentence) {
  process.stderr.write(`\n${sentence}\n`);
  process.exit(1);
}

/** `1.2 s`, `3 min 4 s`. */
export function duration(ms) {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
