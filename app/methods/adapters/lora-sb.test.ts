import { testClaims } from '../../experiment/claimtests';
import loraSb from './lora-sb';

testClaims(loraSb);
