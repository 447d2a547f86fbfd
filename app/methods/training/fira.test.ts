import { testClaims } from '../../experiment/claimtests';
import fira from './fira';

testClaims(fira);
