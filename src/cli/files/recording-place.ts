import { join } from 'node:path';
import { type Account, processAccount } from '../context/account.ts';
import { stateFolder } from './state-folder.ts';

/** Where recordings of this account lie unless told otherwise; `null` where it has no place for them. */
export function recordingPlace(account: Account = processAccount()): string | null {
  const folder = stateFolder(account);
  return folder === null ? null : join(folder, 'recording');
}
