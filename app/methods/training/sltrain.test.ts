import { testClaims } from '../../experiment/claimtests';
import sltrain from './sltrain';

testClaims(sltrain);
