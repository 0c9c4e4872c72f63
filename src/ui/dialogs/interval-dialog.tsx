import { useState } from 'react';
import { longestInterval, shortestInterval } from '../../sampling/sampler.ts';
import { Box, Text } from '../kit/ink.ts';
import { InputText } from '../kit/input-text.tsx';
import { Styled } from '../kit/styled.tsx';
import { TextField } from '../kit/text-field.ts';
import type { Desk } from '../state/desk.ts';
import { settingsOfState } from '../state/screen-settings.ts';
import { useDesk, useDialogEvent, useKeys } from './dialog-context.ts';
import { DialogFrame } from './dialog-frame.tsx';

/** Asks for the seconds between readings, beginning with `text`. */
export function openInterval(desk: Desk, text = String(desk.getState().interval)): void {
  desk.openDialog(<IntervalDialog text={text} />);
}

function IntervalDialog({ text }: { text: string }) {
  const desk = useDesk();
  const [field] = useState(() => new TextField(text));
  const [refusal, setRefusal] = useState('');
  useDialogEvent('paste', (pasted) => field.insert(pasted));
  useKeys((key) => {
    if (key.name !== 'enter') {
      if (field.onKey(key)) setRefusal('');
      return;
    }
    const seconds = field.text.trim() === '' ? Number.NaN : Number(field.text);
    if (seconds >= shortestInterval && seconds <= longestInterval) {
      desk.applySettings({ ...settingsOfState(desk.getState()), interval: seconds });
      desk.closeDialog();
    } else setRefusal(`✗ give a number from ${shortestInterval} to ${longestInterval}`);
  });
  return (
    <DialogFrame title="Refresh interval" keys="Enter apply   Esc cancel" width={50} height={7}>
      {() => (
        <Box flexDirection="column">
          <Text>
            <InputText field={field} focused />
            <Styled as="dim">{` seconds, ${shortestInterval} to ${longestInterval}`}</Styled>
          </Text>
          <Styled as="error">{refusal}</Styled>
        </Box>
      )}
    </DialogFrame>
  );
}
