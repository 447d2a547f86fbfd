import { testClaims } from '../../experiment/claimtests';
import full from './full';

testClaims(full);
