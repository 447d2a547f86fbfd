import { testClaims } from '../../experiment/claimtests';
import lord from './lord';

testClaims(lord);
