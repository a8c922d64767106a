//! Connecting to the servers that can be asked.

use std::sync::atomic::AtomicBool;

use crate::adapters::http::http_adapter::HttpAdapter;
use crate::adapters::http::lockstep::{HttpRequestResponse, WebRequestResponse};
use crate::adapters::http::target::{HttpTarget, WebTarget};
use crate::adapters::transport::{Adapter, Lifetime, Lockstep, Transport};
use crate::adapters::{AdapterError, Limits, LockstepError};
use crate::signature::Secret;
use crate::suite::{Suite, Vector};

impl Transport for HttpTarget {
    fn connect<'a>(
        &'a self,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Box<dyn Adapter + 'a>, AdapterError> {
        Ok(Box::new(HttpAdapter::start(self, limits, interrupt)?))
    }

    fn lockstep<'a>(
        &'a self,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Box<dyn Lockstep + 'a>, LockstepError> {
        Ok(Box::new(HttpRequestResponse::start(
            self, limits, interrupt,
        )?))
    }

    fn lifetime(&self) -> Lifetime {
        Lifetime::Server
    }

    fn credentials(&self) -> Vec<Secret> {
        self.address.credentials()
    }
}

impl Transport for WebTarget {
    fn connect<'a>(
        &'a self,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Box<dyn Adapter + 'a>, AdapterError> {
        Ok(Box::new(HttpAdapter::described(self, limits, interrupt)?))
    }

    fn lockstep<'a>(
        &'a self,
        limits: Limits,
        interrupt: &'a AtomicBool,
    ) -> Result<Box<dyn Lockstep + 'a>, LockstepError> {
        Ok(Box::new(WebRequestResponse::start(
            self, limits, interrupt,
        )?))
    }

    fn lifetime(&self) -> Lifetime {
        Lifetime::Server
    }

    fn unpassed(&self, suite: &Suite, vector: &Vector) -> Option<String> {
        self.native.unpassed(suite, vector)
    }
}
