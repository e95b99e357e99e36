import { Download } from 'lucide-react';
import { buttonLook } from './Button.tsx';

/** The same rows as a file. */
export function CsvLink({ href }: { readonly href: string }) {
  return (
    <a href={href} download {...buttonLook({ kind: 'ghost', size: 'sm' })}>
      <Download aria-hidden />
      CSV
    </a>
  );
}
