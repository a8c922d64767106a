//! Why a token differs: the mistakes that produce it.
