import { allRefusals, type RefusalKind } from './core/refusal.ts';
import './slices.ts';

/** `docs/errors.md`: every refusal in the code, in one table. Importing the slices defines them all. */
export function errorsPage(): string {
  const rows = allRefusals().map(row).join('\n');
  return `# Refusals

Carat says no by name. Every refusal is an \`application/problem+json\` body (RFC 9457) with a stable \`code\`,
a \`detail\` for a person, a \`remedy\`, and, where one field is at fault, a JSON pointer in \`field\`.
Names in braces are filled from the refusal's \`data\`. Over the socket the same body arrives in a \`refused\` frame.

This page is generated from the code by \`npm run generate\`; a test compares the two.

| code | status | what it says | what to do |
|---|---|---|---|
${rows}
`;
}

function row(kind: RefusalKind): string {
  return `| <a id="${kind.code}"></a>\`${kind.code}\` | ${kind.status} | ${kind.sentence} | ${kind.remedy} |`;
}
