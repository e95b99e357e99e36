import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';

export type ButtonKind = 'primary' | 'plain' | 'soft' | 'ghost' | 'bare' | 'danger';
export type ButtonSize = 'sm' | 'md' | 'lg';

export interface ButtonLook {
  readonly kind?: ButtonKind;
  readonly size?: ButtonSize;
  /** Takes the whole width of its container. */
  readonly wide?: boolean;
}

/** The attributes that make any element (a router link, say) look like a button. */
export function buttonLook({ kind = 'soft', size = 'md', wide = false }: ButtonLook = {}) {
  return {
    className: 'btn',
    'data-kind': kind,
    'data-size': size,
    ...(wide ? { 'data-wide': '' } : {}),
  };
}

type ButtonProps = ButtonLook &
  ButtonHTMLAttributes<HTMLButtonElement> & {
    readonly icon?: ReactNode;
    /** Says that the button's work is under way; it stays in place and cannot be pressed again. */
    readonly busy?: boolean;
    readonly ref?: Ref<HTMLButtonElement>;
  };

export function Button({ kind, size, wide, icon, busy = false, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...buttonLook({
        ...(kind === undefined ? {} : { kind }),
        ...(size === undefined ? {} : { size }),
        ...(wide === undefined ? {} : { wide }),
      })}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {icon}
      {children}
    </button>
  );
}

type IconButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { readonly label: string };

/** A round button that shows only an icon; `label` is its name. */
export function IconButton({ label, children, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={className === undefined ? 'icon-btn' : `icon-btn ${className}`}
      {...rest}
    >
      {children}
    </button>
  );
}
