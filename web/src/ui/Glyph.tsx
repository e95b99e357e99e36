/** The three glyphs of the house's own: Coin (what you spend), Diamond (what creators earn), and the mark. */

interface GlyphProps {
  readonly className?: string;
}

export function CoinGlyph({ className = '' }: GlyphProps) {
  return (
    <svg className={`glyph ${className}`} viewBox="0 0 20 20" aria-hidden="true">
      <circle cx="10" cy="10" r="9" fill="#f9c233" />
      <path d="M10 1a9 9 0 0 1 8.6 6.4C14 5 6 6 1.2 12A9 9 0 0 1 10 1z" fill="#ffe58a" opacity=".75" />
      <path d="M18.9 9A9 9 0 0 1 3.3 16c6 1.6 12-.9 15.6-7z" fill="#d98a12" opacity=".7" />
      <circle cx="10" cy="10" r="6.6" fill="none" stroke="#8a5200" strokeOpacity=".45" strokeWidth="1.1" />
      <path
        d="M12.9 7.4A3.7 3.7 0 1 0 12.9 12.6"
        fill="none"
        stroke="#6b3d00"
        strokeWidth="1.9"
        strokeLinecap="round"
      />
    </svg>
  );
}

export function DiamondGlyph({ className = '' }: GlyphProps) {
  return (
    <svg className={`glyph ${className}`} viewBox="0 0 20 20" aria-hidden="true">
      <path d="M5 2.6h10l4 5.4-9 10L1 8z" fill="#7fd2f7" />
      <path d="M5 2.6h5L7 8H1z" fill="#d8f6ff" />
      <path d="M7 8h6l-3 10z" fill="#5fb8f0" />
      <path d="M13 8h6l-9 10z" fill="#3d8fe0" />
      <path
        d="M1 8h18M5 2.6 7 8l3 10 3-10 2-5.4M7 8l3-5.4L13 8"
        fill="none"
        stroke="#0b4a80"
        strokeOpacity=".4"
        strokeWidth=".9"
      />
    </svg>
  );
}

export function Mark({ className = 'size-[30px]' }: GlyphProps) {
  return (
    <svg className={className} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <path d="M9 5h14l6 8-13 15L3 13z" stroke="currentColor" strokeWidth="2.6" strokeLinejoin="round" />
      <path
        d="M10 15.5 16 9l6 6.5"
        stroke="var(--brand)"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
