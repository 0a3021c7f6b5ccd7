//! A network in memory. What a URL says is what happens: `unlisted`, `refused`, `slow` and `broken` are hosts; `/large`,
//! `/404` and `/redirect` are paths; everything else answers the request itself.

use std::collections::BTreeMap;

use hyperlight4j::*;

#[derive(Default)]
pub struct Http {
    requests: BTreeMap<u32, Request>,
    next: u32,
}

#[derive(Default)]
struct Request {
    method: String,
    url: String,
    fields: String,
    sent: Vec<u8>,
    answer: Vec<u8>,
}

impl Http {
    /// How many requests were not finished.
    pub fn unfinished(&self) -> usize {
        self.requests.len()
    }

    pub fn answer(&mut self, call: &hl4j_host_call_t, reply: *mut hl4j_reply_t) -> Result<(), (u64, String)> {
        if call.operation == HL4J_CALL_HTTP_REQUEST {
            let url = super::read(call.text);
            if super::read(call.name) == "CONNECT" {
                // Only asks whether something on that host and port is allowed.
                if url.starts_with("unlisted:") {
                    return Err((HL4J_HTTP_REFUSED, format!("{url} is not allowed")));
                }
                unsafe { hl4j_reply_number(reply, 0) };
                return Ok(());
            }
            if url.contains("//refused") {
                return Err((HL4J_HTTP_REFUSED, format!("{url} is not allowed")));
            }
            self.next += 1;
            let request =
                Request { method: super::read(call.name), url, fields: super::read(call.data), ..Request::default() };
            self.requests.insert(self.next, request);
            unsafe { hl4j_reply_number(reply, self.next.into()) };
            return Ok(());
        }
        if call.operation == HL4J_CALL_HTTP_FINISH {
            self.requests.remove(&call.handle);
            return Ok(());
        }
        let request = self.requests.get_mut(&call.handle).expect("a request");
        match call.operation {
            HL4J_CALL_HTTP_SEND_BODY => request.sent.extend(super::read_bytes(call.data)),
            HL4J_CALL_HTTP_RESPOND => request.respond(reply)?,
            HL4J_CALL_HTTP_RECEIVE_BODY => {
                let count = request.answer.len().min(call.count as usize).min(100_000);
                super::put(reply, &request.answer[..count]);
                request.answer.drain(..count);
            }
            other => panic!("unknown operation {other}"),
        }
        Ok(())
    }
}

impl Request {
    fn respond(&mut self, reply: *mut hl4j_reply_t) -> Result<(), (u64, String)> {
        if self.url.contains("//slow") {
            return Err((HL4J_HTTP_TIMED_OUT, "it took too long".to_owned()));
        }
        if self.url.contains("//broken") {
            return Err((HL4J_HTTP_FAILED, "the connection broke".to_owned()));
        }
        let mut fields = "Content-Type: text/plain; charset=utf-8\r\nTransfer-Encoding: chunked\r\n".to_owned();
        let (status, reason) = match self.url.rsplit('/').next() {
            Some("404") => (404, "Not Found"),
            Some("redirect") => {
                fields += "Location: /landed\r\n";
                (302, "Found")
            }
            _ => (200, "OK"),
        };
        self.answer = if self.url.ends_with("/large") {
            (0..3 << 20).map(|index: u32| (index * 7 >> 3) as u8).collect()
        } else {
            let mut answer = format!("{} {}\r\n{}\r\n", self.method, self.url, self.fields).into_bytes();
            answer.extend(&self.sent);
            answer
        };
        if self.method == "HEAD" {
            self.answer.clear();
        }
        unsafe {
            hl4j_reply_number(reply, status);
            assert!(hl4j_reply_text(reply, super::bytes(reason)));
        }
        super::put(reply, fields.as_bytes());
        Ok(())
    }
}
