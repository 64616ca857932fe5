//! A browser without scripts: follows redirects, keeps cookies, fills in the forms that the pages really have.

use super::{Server, client};
use reqwest::{Method, StatusCode, header};
use scraper::{ElementRef, Html, Selector};
use std::collections::BTreeMap;

/// The browser.
pub struct Browser {
    http: reqwest::Client,
    origin: String,
    host: Option<String>,
    cookies: BTreeMap<String, String>,
}

/// A page that was answered.
#[derive(Debug, Clone)]
pub struct Page {
    /// Status.
    pub status: StatusCode,
    /// Path and query at which it stands.
    pub path: String,
    /// Media type.
    pub formato: String,
    /// Seconds after which to try again, where the page says so.
    pub retry_after: Option<u64>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A form of a page, with what stands in its fields.
#[derive(Debug, Clone)]
pub struct Form {
    action: String,
    multipart: bool,
    /// Name under which a file is sent.
    file: String,
    fields: Vec<(String, String)>,
    names: Vec<String>,
    choices: BTreeMap<String, Vec<String>>,
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).expect("a selector")
}

impl Page {
    /// The source.
    pub fn html(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// What a person reads, white space folded.
    pub fn text(&self) -> String {
        let document = Html::parse_document(&self.html());
        let main = document.select(&selector("main")).next().unwrap_or_else(|| document.root_element());
        main.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The first form that fits.
    fn find(&self, what: &str, fits: impl Fn(ElementRef<'_>) -> bool) -> Form {
        let document = Html::parse_document(&self.html());
        let all = selector("form");
        let found = document.select(&all).find(|form| fits(*form));
        self.read(found.unwrap_or_else(|| panic!("no form {what} at {}: {}", self.path, self.text())))
    }

    /// The form whose fields include one of this name.
    pub fn form(&self, field: &str) -> Form {
        let fields = selector("[name]");
        self.find(&format!("with {field}"), |form| form.select(&fields).any(|f| f.value().attr("name") == Some(field)))
    }

    /// The form that goes to this path.
    pub fn form_to(&self, path: &str) -> Form {
        self.find(&format!("to {path}"), |form| form.value().attr("action") == Some(path))
    }

    /// Addresses of all links.
    pub fn links(&self) -> Vec<String> {
        let document = Html::parse_document(&self.html());
        let links = selector("a[href]");
        document.select(&links).filter_map(|link| link.value().attr("href")).map(str::to_owned).collect()
    }

    fn read(&self, form: ElementRef<'_>) -> Form {
        let attr = |name| form.value().attr(name);
        let mut read = Form {
            action: attr("action").map_or_else(|| self.path.clone(), str::to_owned),
            multipart: attr("enctype") == Some("multipart/form-data"),
            file: "file".to_owned(),
            fields: Vec::new(),
            names: Vec::new(),
            choices: BTreeMap::new(),
        };
        assert_eq!(attr("method"), Some("post"), "a form that changes something is posted");
        for field in form.select(&selector("input[name], textarea[name], select[name], button[name]")) {
            let element = field.value();
            let (name, kind) = (element.attr("name").unwrap_or_default(), element.attr("type").unwrap_or("text"));
            read.names.push(name.to_owned());
            let value = element.attr("value").unwrap_or_default();
            match (element.name(), kind) {
                ("button", _) | ("input", "submit" | "file") => {}
                ("input", "checkbox" | "radio") => {
                    read.choices.entry(name.to_owned()).or_default().push(value.to_owned());
                    if element.attr("checked").is_some() {
                        read.set_default(name, value);
                    }
                }
                ("textarea", _) => read.set_default(name, &field.text().collect::<String>()),
                ("select", _) => {
                    let options: Vec<_> = field.select(&selector("option")).map(|option| option.value()).collect();
                    let value = |option: &&scraper::node::Element| option.attr("value").unwrap_or_default().to_owned();
                    let chosen = options.iter().find(|option| option.attr("selected").is_some()).or(options.first());
                    read.set_default(name, &chosen.map(value).unwrap_or_default());
                    read.choices.insert(name.to_owned(), options.iter().map(value).collect());
                }
                _ => read.set_default(name, value),
            }
        }
        read
    }
}

impl Form {
    fn set_default(&mut self, name: &str, value: &str) {
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    /// Writes into a field that the page has, or chooses what it offers.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        assert!(self.names.iter().any(|known| known == name), "the form has {:?}, not {name}", self.names);
        if let Some(choices) = self.choices.get(name) {
            assert!(choices.iter().any(|choice| choice == value), "{name} offers {choices:?}, not {value}");
        }
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What stands in a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Where it goes.
    pub fn action(&self) -> &str {
        &self.action
    }
}

impl Browser {
    /// A new browser at the first town.
    pub fn new(server: &Server) -> Self {
        Self { http: client(), origin: server.url.clone(), host: None, cookies: BTreeMap::new() }
    }

    /// The same person, with the same cookies, at another host name.
    pub fn at_host(&self, host: &str) -> Self {
        let (http, origin) = (self.http.clone(), self.origin.clone());
        Self { http, origin, host: Some(host.to_owned()), cookies: self.cookies.clone() }
    }

    /// The same person, with the same cookies, whose requests another node now answers.
    pub fn at_node(&self, server: &Server) -> Self {
        Self {
            origin: server.url.clone(),
            host: self.host.clone(),
            http: self.http.clone(),
            cookies: self.cookies.clone(),
        }
    }

    /// Signs in as a persona, through the page, and stays there.
    pub async fn sign_in(server: &Server, persona: &str) -> Self {
        let mut browser = Self::new(server);
        let page = browser.get("/accedi").await;
        let form = page.form("persona");
        let landed = browser.send(form.with("persona", persona)).await;
        assert_eq!(landed.status, StatusCode::OK, "{}", landed.text());
        browser
    }

    /// A page, redirects followed.
    pub async fn get(&mut self, path: &str) -> Page {
        self.follow(Method::GET, path.to_owned(), None).await
    }

    /// A page, or nothing when the server breaks the answer off. Redirects are not followed.
    pub async fn try_get(&mut self, path: &str) -> Option<Page> {
        let response = self.try_once(Method::GET, path, None).await.ok()?;
        try_page(path.to_owned(), response).await.ok()
    }

    /// Sends a form as it stands, redirects followed.
    pub async fn send(&mut self, form: Form) -> Page {
        self.follow(Method::POST, form.action.clone(), Some((form, None))).await
    }

    /// Sends the fields of a form, and some more, to another path, as a script of the page does.
    pub async fn send_to(&mut self, path: &str, mut form: Form, more: &[(&str, &str)]) -> Page {
        form.multipart = false;
        form.fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.follow(Method::POST, path.to_owned(), Some((form, None))).await
    }

    /// Sends a form with a file: its name, media type and bytes.
    pub async fn send_with(&mut self, form: Form, file: (&str, &str, Vec<u8>)) -> Page {
        assert!(form.multipart, "the form takes files");
        let part = reqwest::multipart::Part::bytes(file.2).file_name(file.0.to_owned());
        let part = part.mime_str(file.1).expect("a media type");
        self.follow(Method::POST, form.action.clone(), Some((form, Some(part)))).await
    }

    /// Sends a form with a file under a name of the form: the name, then as [`Self::send_with`].
    pub async fn send_file(&mut self, form: Form, file: (&str, &str, &str, Vec<u8>)) -> Page {
        assert!(form.multipart && form.names.iter().any(|name| name == file.0), "the form takes {}", file.0);
        let part = reqwest::multipart::Part::bytes(file.3).file_name(file.1.to_owned());
        let part = part.mime_str(file.2).expect("a media type");
        let named = Form { file: file.0.to_owned(), ..form };
        self.follow(Method::POST, named.action.clone(), Some((named, Some(part)))).await
    }

    /// The cookies as a browser sends them.
    pub fn cookies(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Sends bytes as they are, redirects followed.
    pub async fn send_raw(&mut self, path: &str, formato: &str, bytes: Vec<u8>) -> Page {
        let request = self.as_page(Method::POST, path).header(header::CONTENT_TYPE, formato).body(bytes);
        let response = request.send().await.expect("the server answers");
        match response.headers().get(header::LOCATION).map(|to| to.to_str().expect("an address").to_owned()) {
            None => page(path.to_owned(), response).await,
            Some(to) => self.get(&to).await,
        }
    }

    /// A request as a browser makes it for one of the site's own pages.
    fn as_page(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        assert!(path.starts_with('/'), "{path} is no path of this site");
        let mut request = self.http.request(method, format!("{}{path}", self.origin));
        request = request.header("sec-fetch-site", "same-origin").header("origin", &self.origin);
        if let Some(host) = &self.host {
            request = request.header(header::HOST, host);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        request
    }

    async fn follow(
        &mut self,
        method: Method,
        path: String,
        form: Option<(Form, Option<reqwest::multipart::Part>)>,
    ) -> Page {
        let (mut method, mut path, mut form) = (method, path, form);
        for _ in 0..5 {
            let response = self.try_once(method, &path, form).await.expect("the server answers");
            let Some(to) = response.headers().get(header::LOCATION) else {
                return page(path, response).await;
            };
            let to = to.to_str().expect("an address").to_owned();
            path = to.strip_prefix(&self.origin).map_or(to.clone(), str::to_owned);
            (method, form) = (Method::GET, None);
        }
        panic!("too many redirects, the last to {path}");
    }

    async fn try_once(
        &mut self,
        method: Method,
        path: &str,
        form: Option<(Form, Option<reqwest::multipart::Part>)>,
    ) -> Result<reqwest::Response, reqwest::Error> {
        let mut request = self.as_page(method, path);
        request = match form {
            None => request,
            Some((form, None)) if !form.multipart => request.form(&form.fields),
            Some((form, file)) => {
                let (mut body, named) = (reqwest::multipart::Form::new(), form.file);
                for (name, value) in form.fields {
                    body = body.text(name, value);
                }
                if let Some(file) = file {
                    body = body.part(named, file);
                }
                request.multipart(body)
            }
        };
        let response = request.send().await?;
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("a cookie is text");
            let pair = text.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie has a value");
            self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
        }
        Ok(response)
    }
}

async fn page(path: String, response: reqwest::Response) -> Page {
    try_page(path, response).await.expect("the whole answer")
}

async fn try_page(path: String, response: reqwest::Response) -> Result<Page, reqwest::Error> {
    let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let (status, formato) = (response.status(), header(header::CONTENT_TYPE));
    let retry_after = header(header::RETRY_AFTER).parse().ok();
    let bytes = response.bytes().await?.to_vec();
    Ok(Page { status, path, formato, retry_after, bytes })
}
