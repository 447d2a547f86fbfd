import { testClaims } from '../../experiment/claimtests';
import method from './lowrank-attention';

testClaims(method);
