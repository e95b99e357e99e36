import { useEffect, useState } from 'react';
import { copyText } from './copy-text.ts';

const SAID_MS = 2_500;

/** Copies text; `copied` says for a moment whether it worked. */
export function useCopy(): { readonly copied: boolean | null; readonly copy: (text: string) => void } {
  const [copied, setCopied] = useState<boolean | null>(null);
  useEffect(() => {
    if (copied === null) return;
    const timer = setTimeout(() => setCopied(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return { copied, copy: (text) => void copyText(text).then(setCopied) };
}
