import type { Checked, Verdict } from '../core/operate/doctor/verdict.ts';
import { visible } from './frame/terminal.ts';
import { wrapWords } from './frame/wrap-words.ts';

const stateWidth = 9;
/** In a narrower terminal what a check says begins below its name. */
const wideTerminal = 80;
const defaultWidth = 100;

/** The checks for people: state, name and sentence, and below them what mends it, whose commands are never broken. */
export function checkText(checked: readonly Checked[], width = defaultWidth): string {
  const nameWidth = Math.max(...checked.map(({ check }) => check.length)) + 2;
  const indent = width < wideTerminal ? 2 : stateWidth + nameWidth;
  const wrapped = (text: string, more = 0) => wrapWords(visible(text), Math.max(width - indent - more, 20));
  return checked
    .flatMap(({ check, verdict }) => {
      const head = `${verdict.state.padEnd(stateWidth)}${check.padEnd(nameWidth)}`;
      const lines = wrapped(sentenceOf(verdict)).map((line) => ' '.repeat(indent) + line);
      const mends = mendsOf(verdict).flatMap((mend) => {
        const [first = '', ...others] = isCommand(mend) ? [visible(mend)] : wrapped(mend, 3);
        return [`${' '.repeat(indent)}-> ${first}`, ...others.map((line) => ' '.repeat(indent + 3) + line)];
      });
      if (indent < head.length) return [head, ...lines, ...mends];
      return [head + (lines[0] ?? '').trimStart(), ...lines.slice(1), ...mends];
    })
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

function sentenceOf(verdict: Verdict): string {
  return verdict.state === 'ok' ? (verdict.note ?? '') : verdict.why;
}

/** Each on a line of its own, so that it can be copied. */
function mendsOf(verdict: Verdict): readonly string[] {
  const mend = 'mend' in verdict ? verdict.mend : undefined;
  const steps = mend?.split(/; then: |; (?=or: )/) ?? [];
  return steps.map((step) => (isCommand(step) || step.endsWith('.') ? step : `${step}.`));
}

function isCommand(mend: string): boolean {
  return /^(aws|macie-isolator) /.test(mend);
}
