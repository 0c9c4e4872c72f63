import { directorBehaviour } from '../behaviour.ts';
import { labTwin } from '../lab-twin.ts';

directorBehaviour('the simulated kernel', labTwin);
