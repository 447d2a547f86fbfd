import { testClaims } from '../../experiment/claimtests';
import svfit from './svfit';

testClaims(svfit);
