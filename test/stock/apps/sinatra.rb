# As Sinatra's README shows sessions: enable :sessions, with a secret of its own as it recommends.
require 'sinatra'

enable :sessions
set :session_secret, ENV.fetch('SESSION_SECRET')
set :bind, '127.0.0.1'
set :port, ENV.fetch('PORT')

get('/') { '<title>Stock</title>' }

get '/me' do
  halt 401 unless session[:user]
  session[:user]
end

post '/login' do
  halt 401, 'wrong' unless params[:user] == 'alice' && params[:password] == ENV.fetch('STOCK_PASSWORD')
  session[:user] = params[:user]
  redirect to('/')
end

post '/note' do
  session[:note] = params[:note]
  ''
end

post '/logout' do
  session.clear
  redirect to('/')
end
