//! What is wrong with a suite that loads: the oracle contradicts it, or it says less than it seems.
