import { wrapText } from '../../terminal/wrap-text.ts';
import { Box } from '../kit/ink.ts';
import type { Part } from '../kit/page.ts';
import { Styled } from '../kit/styled.tsx';
import type { StyleRole } from '../kit/theme.ts';

/** The sign that a sentence may begin with, and the blank behind it. */
const leadingSign = /^[▲·✗✓…] /;

/** A sentence wrapped between words; where it begins with a sign, its further lines stand under its first word. */
export function MarkedText({ text, as }: { readonly text: string; readonly as: StyleRole | undefined }) {
  const sign = leadingSign.exec(text)?.[0] ?? '';
  return (
    <Box>
      {sign !== '' && (
        <Box flexShrink={0}>
          <Styled as={as}>{sign}</Styled>
        </Box>
      )}
      <Box flexShrink={1}>
        <Styled as={as} wrap="wrap">
          {text.slice(sign.length)}
        </Styled>
      </Box>
    </Box>
  );
}

/** Sentences one below the other. */
export function MarkedTexts({ parts }: { readonly parts: readonly Part[] }) {
  return (
    <Box flexDirection="column">
      {parts.map(({ text, role }) => (
        <MarkedText key={text} text={text} as={role} />
      ))}
    </Box>
  );
}

/** Rows that `MarkedTexts` take in `width` cells. */
export function partsHeight(parts: readonly Part[], width: number): number {
  return parts.reduce((sum, { text }) => {
    const sign = leadingSign.exec(text)?.[0] ?? '';
    return sum + wrapText(text.slice(sign.length), width - sign.length).length;
  }, 0);
}
