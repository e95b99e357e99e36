import { createHash } from 'node:crypto';

/** How the companies' pages look: the house's colours in plain HTML, light and dark, on a phone too. */

/** Sent with every page: nothing but its own style and script, and forms to this site and back to the shop. */
export function contentSecurityPolicy(shop: string | null): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${hash(STYLE)}'`,
    `script-src 'sha256-${hash(SCRIPT)}'`,
    "connect-src 'self'",
    `form-action 'self'${shop === null ? '' : ` ${shop}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export interface PageParts {
  readonly title: string;
  /** Who takes the money here: `Test card company`. */
  readonly company: string;
  readonly main: string;
  /** What it is now, in a word; the page looks again while there is one and loads anew when it has changed. */
  readonly state?: string;
}

export function page({ title, company, main, state }: PageParts): string {
  const living = state === undefined ? '' : ` data-state="${escapeHtml(state)}"`;
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex">
  <title>${escapeHtml(title)} · ${escapeHtml(company)}</title>
  ${state === undefined ? '' : '<noscript><meta http-equiv="refresh" content="5"></noscript>'}
  <style>${STYLE}</style>
</head>
<body${living}>
  <header class="banner"><b aria-hidden="true">◇</b> Sandbox. No real money moves.</header>
  <main>
    <p class="to">${escapeHtml(company)}</p>
    <h1>${escapeHtml(title)}</h1>
    ${main}
  </main>
  ${state === undefined ? '' : `<script>${SCRIPT}</script>`}
</body>
</html>
`;
}

export function bill(
  lines: readonly (readonly [string, string])[],
  total: readonly [string, string],
): string {
  const rows = lines.map(
    ([label, value]) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="bill">
      ${rows.join('\n      ')}
      <div class="total"><dt>${escapeHtml(total[0])}</dt><dd>${escapeHtml(total[1])}</dd></div>
    </dl>`;
}

export function problem(sentence: string): string {
  return `<p class="problem" role="alert"><b aria-hidden="true">!</b> <span>${escapeHtml(sentence)}</span></p>`;
}

export function closing(sign: '✓' | '×', sentence: string, backUrl: string | null): string {
  return `<p class="lead${sign === '✓' ? ' ok' : ''}"><b aria-hidden="true">${sign}</b> ${escapeHtml(sentence)}</p>
    ${backUrl === null ? '' : `<p><a class="pay" href="${escapeHtml(backUrl)}">Back to Carat</a></p>`}`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

const STYLE = `
:root{color-scheme:light dark;
 --bg:light-dark(oklch(.976 .005 70),oklch(.145 .018 285));--card:light-dark(oklch(1 0 0),oklch(.185 .02 285));
 --line:light-dark(oklch(.895 .008 70),oklch(.32 .022 285));--edge:light-dark(oklch(.6 .015 285),oklch(.56 .025 285));
 --fg:light-dark(oklch(.21 .025 285),oklch(.965 .006 285));--fg2:light-dark(oklch(.41 .02 285),oklch(.8 .015 285));
 --brand:oklch(.745 .17 52);--on:oklch(.18 .035 45);--ok:light-dark(oklch(.46 .085 175),oklch(.8 .13 172));
 --warn:light-dark(oklch(.5 .1 70),oklch(.85 .14 82));--warnbg:light-dark(oklch(.95 .05 85),oklch(.85 .14 82/.12));
 --bad:light-dark(oklch(.51 .19 16),oklch(.73 .165 14));--badbg:light-dark(oklch(.95 .03 14),oklch(.73 .165 14/.14));
 --focus:light-dark(oklch(.5 .16 250),oklch(.88 .12 225))}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;background:var(--bg);color:var(--fg);
 font:500 15px/1.45 "Hanken Grotesk",ui-sans-serif,system-ui,sans-serif;font-variant-numeric:tabular-nums}
.banner{padding:10px 16px;text-align:center;background:var(--warnbg);color:var(--warn);font-weight:650}
main{max-width:440px;margin:32px auto;padding:28px;background:var(--card);border:1px solid var(--line);border-radius:22px}
.to{margin:0;color:var(--fg2);font-weight:650}
h1{margin:2px 0 20px;font:700 32px/1.15 "Bricolage Grotesque",ui-sans-serif,system-ui,sans-serif;letter-spacing:-.02em}
h2{margin:24px 0 8px;font-size:17px}
.bill{margin:0 0 20px}
.bill div{display:flex;justify-content:space-between;gap:16px;padding:8px 0;color:var(--fg2)}
.bill .total{border-top:1px solid var(--line);margin-top:4px;padding-top:12px;color:var(--fg);font-weight:750;font-size:17px}
dd{margin:0}
.problem{display:flex;gap:10px;margin:0 0 20px;padding:12px 14px;border-radius:14px;background:var(--badbg);color:var(--bad)}
fieldset{border:0;margin:0 0 20px;padding:0;min-width:0}
legend{padding:0;margin-bottom:8px;color:var(--fg2);font-weight:650}
.card{display:grid;grid-template-columns:auto 1fr;column-gap:12px;align-items:center;min-height:60px;padding:8px 14px;
 margin-top:-1px;border:1px solid var(--line);cursor:pointer}
.card:first-of-type{border-radius:14px 14px 0 0}.card:last-of-type{border-radius:0 0 14px 14px}
.card input{grid-row:1/3;width:20px;height:20px;margin:0;accent-color:var(--brand)}
.card:has(input:checked){position:relative;border-color:var(--edge);background:var(--bg)}
.says{font-weight:650}.number{color:var(--fg2);font-size:13.5px}
.pay,.back,.wallet{display:block;width:100%;min-height:48px;padding:12px 20px;border-radius:999px;font:inherit;font-weight:750;
 text-align:center;text-decoration:none;cursor:pointer}
.pay{border:1px solid light-dark(oklch(.6 .16 46),transparent);background:var(--brand);color:var(--on);font-size:17px}
.back{margin-top:10px;border:1px solid var(--edge);background:none;color:var(--fg)}
.wallets{display:grid;grid-template-columns:1fr 1fr;gap:10px;margin-bottom:18px}
.wallet{border:1px solid transparent;background:var(--fg);color:var(--card)}
.or{display:flex;align-items:center;gap:12px;margin:0 0 18px;color:var(--fg2)}
.or::before,.or::after{content:"";flex:1;border-top:1px solid var(--line)}
.sheet{margin:0 0 14px;padding:16px;border:1px solid var(--edge);border-radius:18px;background:var(--bg)}
.sheet p{margin:0 0 4px;color:var(--fg2)}.sheet b{font-size:17px}
.lead{margin:0 0 20px;font-size:17px}.lead.ok b{color:var(--ok)}
.quote{display:grid;grid-template-columns:auto 1fr;gap:18px;align-items:center;margin-bottom:18px}
.qr{width:148px;height:148px;padding:10px;border-radius:16px;background:#fff;color:#000}
.ring{display:flex;align-items:center;gap:10px;margin-top:10px;font-weight:650}
.ring svg{width:40px;height:40px;transform:rotate(-90deg)}
.ring circle{fill:none;stroke-width:4}.ring .all{stroke:var(--line)}.ring .left{stroke:var(--brand)}
.sum{font:700 20px/1.2 "Bricolage Grotesque",ui-sans-serif,system-ui,sans-serif}
.address{margin:0 0 18px;padding:10px 12px;border:1px solid var(--line);border-radius:12px;
 font:500 13px/1.5 ui-monospace,monospace;overflow-wrap:anywhere;color:var(--fg2)}
.steps{margin:0 0 20px;padding:0;list-style:none}
.steps li{display:flex;gap:10px;padding:6px 0;color:var(--fg2)}
.steps .now{color:var(--fg);font-weight:650}.steps .done b{color:var(--ok)}
.test{padding-top:6px;border-top:1px solid var(--line)}
.test p{margin:0 0 12px;color:var(--fg2)}
.row{display:grid;grid-template-columns:1fr 1fr;gap:10px}
:focus-visible{outline:2.5px solid var(--focus);outline-offset:2px}
@media (max-width:500px){main{margin:0;border-width:0 0 1px;border-radius:0;padding:24px 20px 32px}
 .quote{grid-template-columns:1fr;justify-items:center;text-align:center}.ring{justify-content:center}}
`;

/** Turns the clock of a quote, and loads the page anew when its payment has moved. */
const SCRIPT = `
const clock=document.querySelector('[data-until]');
const left=document.querySelector('.left');
function tick(){
 if(!clock)return;
 const seconds=Math.max(0,Math.ceil((Number(clock.dataset.until)-Date.now()-skew)/1000));
 clock.textContent=Math.floor(seconds/60)+':'+String(seconds%60).padStart(2,'0');
 if(left)left.setAttribute('stroke-dashoffset',String(100-100*seconds/Number(clock.dataset.seconds)));
}
const skew=clock?Number(clock.dataset.now)-Date.now():0;
async function look(){
 try{
  const answer=await fetch(location.pathname+'/state');
  const {state}=await answer.json();
  if(state!==document.body.dataset.state){location.reload();return}
 }catch{}
 setTimeout(look,1000);
}
tick();setInterval(tick,1000);setTimeout(look,1000);
`;
