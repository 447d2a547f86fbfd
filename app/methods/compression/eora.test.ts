import { testClaims } from '../../experiment/claimtests';
import eora from './eora';

testClaims(eora);
