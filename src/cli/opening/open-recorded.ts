import { formatTime } from '../../changes/undo/change-words.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { openRecording, type Recording } from '../../recording/recording.ts';
import type { RecordingDamage } from '../../recording/shard.ts';
import { type Account, processAccount } from '../context/account.ts';
import { recordingPlace } from '../files/recording-place.ts';

/** Opens a recording at a path, or the one that this account's recorder writes. Throws an input `IpvsError`. */
export function openRecorded(path: string | undefined, account: Account = processAccount()): Recording {
  const place = path ?? recordingPlace(account);
  if (place !== null) return openRecording(place);
  throw IpvsError.input(
    'bad-usage',
    'read the recording',
    '',
    'this user has no home folder',
    'name a recording, a folder or a file',
  );
}

/** What could not be read, in a clause. */
export function damageClause({ path, after, reason }: RecordingDamage): string {
  return `${path}${after === null ? '' : ` after ${formatTime(after)}`}: ${reason}`;
}
