import { useState } from 'react';
import { Box, Text } from '../kit/ink.ts';
import { InputText } from '../kit/input-text.tsx';
import { Styled } from '../kit/styled.tsx';
import { TextField } from '../kit/text-field.ts';
import type { Desk } from '../state/desk.ts';
import { useDesk, useDialogEvent, useKeys } from './dialog-context.ts';
import { DialogFrame } from './dialog-frame.tsx';

/**
 * Asks the operator to type the name of a host in production before something is changed there; calls `perform` once it
 * was typed.
 */
export function openHostName(desk: Desk, name: string, perform: () => void): void {
  desk.openDialog(<HostNameDialog name={name} perform={perform} />, { isAbove: true });
}

function HostNameDialog({ name, perform }: { name: string; perform: () => void }) {
  const desk = useDesk();
  const [field] = useState(() => new TextField(''));
  const [refusal, setRefusal] = useState('');
  useDialogEvent('paste', (pasted) => field.insert(pasted));
  useKeys((key) => {
    if (key.name !== 'enter') {
      if (field.onKey(key)) setRefusal('');
    } else if (field.text.trim() === name) {
      desk.closeDialog();
      perform();
    } else setRefusal(`✗ that is not ${name}`);
  });
  return (
    <DialogFrame title={`${name} is in production`} keys="Enter do it   Esc leave it" width={60} height={8}>
      {() => (
        <Box flexDirection="column">
          <Text wrap="wrap">{`To change something there, type its name, ${name}:`}</Text>
          <Text>
            <InputText field={field} focused />
          </Text>
          <Styled as="error">{refusal}</Styled>
        </Box>
      )}
    </DialogFrame>
  );
}
